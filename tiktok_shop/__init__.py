"""TikTok Shop Open API over httpx: signing, tokens, typed calls, webhooks, errors by reaction."""
