"""What an appeal does: one module per phase, and one per strand that goes on beside them."""
