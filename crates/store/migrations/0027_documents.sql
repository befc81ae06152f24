-- Lists of documents: what screening asks, in sealed blocks. No number stands in it, not even sealed.

CREATE TABLE list_block (
    list TEXT NOT NULL,
    version TEXT NOT NULL,
    n INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (list, version, n)
) WITHOUT ROWID;
