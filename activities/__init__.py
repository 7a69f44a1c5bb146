"""Every effect on the outside, one module with a class per outside party."""
