"""A Launchpad on this machine, published through the framework that Launchpad itself uses."""
