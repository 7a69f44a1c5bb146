"""The phases of an incident, one module each; `workflows.shortage_incident` puts them in order."""
