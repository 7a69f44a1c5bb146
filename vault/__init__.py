"""Evidence an outsider can check: blobs, custody ledger, bundles and their verifier."""
