"""Model bundles that ship inside the package; `pointsman.encoder` reads them."""
