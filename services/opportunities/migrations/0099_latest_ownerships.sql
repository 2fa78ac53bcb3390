-- For those who see everything, as deals have it.
CREATE INDEX ownership_latest ON ownership (created_at DESC, id DESC);
