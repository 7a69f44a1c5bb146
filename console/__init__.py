"""One ASGI application: the platform's webhooks, the programs' API, the people's pages."""
