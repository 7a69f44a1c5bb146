"""TikTok shops on this machine: protocol-faithful, with buyers, a carrier and faults on demand."""
