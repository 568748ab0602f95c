-- A file that another program made, or that was made and not filled.
CREATE TABLE other(x);
