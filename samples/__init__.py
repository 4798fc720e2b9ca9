"""Sample feedback on a fictitious maker, with its truth file."""
