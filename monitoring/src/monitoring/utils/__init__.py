"""What has nothing to do with monitoring as such."""
