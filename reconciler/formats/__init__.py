"""One file per output format; message catalogues."""
