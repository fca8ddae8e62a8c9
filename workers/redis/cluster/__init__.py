"""Redis Cluster, used as one Redis."""
