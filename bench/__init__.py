"""What a case costs, beside the barest workflow that does the same work on the same server."""
