"""Who may ask, and how much: client keys, tenants, and limits that hold across replicas."""
