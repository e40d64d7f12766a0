CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    current_version TEXT NOT NULL,
    added INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX articles_by_version ON articles (current_version);
CREATE TABLE versions (
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'retired')),
    title TEXT NOT NULL,
    title_derived INTEGER NOT NULL,
    path TEXT,
    url TEXT,
    source TEXT,
    author TEXT,
    published_at INTEGER,
    published_precision TEXT,
    fetched TEXT,
    language TEXT,
    characters INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
);
CREATE INDEX versions_unfinished ON versions (state) WHERE state != 'ready';
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL,
    version TEXT NOT NULL,
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    FOREIGN KEY (article_id, version) REFERENCES versions ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX passages_by_article ON passages (article_id, version);
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    article_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'duplicate', 'shadowed')),
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    recipe TEXT NOT NULL,
    seen_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_by_article ON files (article_id);
CREATE VIRTUAL TABLE fulltext USING fts5 (terms, tokenize = "ascii tokenchars '_-.@#+'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (fulltext, 'row');
CREATE TABLE embeddings (
    passage INTEGER PRIMARY KEY REFERENCES passages (rowid) ON DELETE CASCADE,
    vector BLOB NOT NULL,
    sentences BLOB NOT NULL
);
INSERT INTO articles VALUES ('aaaaaaaaaaaaaaaa', '111111111111', 1512820800);
INSERT INTO versions VALUES ('aaaaaaaaaaaaaaaa', '111111111111', 'ready', 'Lighthouse', 0, '/news/lighthouse.txt',
    NULL, 'Northgate Wire', NULL, 1512777600, 'day', '2017-12-09T12:00:00+00:00', 'en', 28,
    'The lighthouse was repaired.');
INSERT INTO passages VALUES (1, 'aaaaaaaaaaaaaaaa:111111111111:0', 'aaaaaaaaaaaaaaaa', '111111111111', 0, 0, 28);
INSERT INTO fulltext (rowid, terms) VALUES (1, 'the lighthouse was repaired');
INSERT INTO embeddings VALUES (1, zeroblob(512), zeroblob(4));
