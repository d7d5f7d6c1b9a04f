CREATE TABLE record (
    kind    TEXT   NOT NULL,
    key     TEXT   NOT NULL,
    version BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    value   TEXT, -- null once deleted
    PRIMARY KEY (kind, key)
);
