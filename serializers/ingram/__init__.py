"""Order-status notification of Ingram Micro."""
