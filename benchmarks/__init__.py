"""Speed, told as ratios against named peers that run beside the bridge: `make bench`."""
