"""Models in Hugging Face format that read in the place of koe's own heads; koe's encoder goes on reading the rest."""
