"""One report, many surfaces: HTML, Markdown, JSON and Excel, in Japanese or English."""
