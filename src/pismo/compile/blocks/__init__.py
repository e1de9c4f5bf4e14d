"""The block functions: `story() tip() rebus() quiz() poll() pick() recommendations()`."""
