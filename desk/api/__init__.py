"""The HTTP API: tickets, issues and reports for other programs, under ``/api/v1`` of the desk."""
