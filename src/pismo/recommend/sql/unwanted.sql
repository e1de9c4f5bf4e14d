-- purpose: for the people of one shard, what they must not be shown: what they own (all of it,
--   not only the latest), what the last issues showed, what editors forbid to everybody.
-- cost: one pass over purchases of the shard.
SELECT s.number, g.p
FROM purchases AS b
JOIN shard AS s ON s.subscriber_id = b.subscriber_id
JOIN goods AS g ON g.product_id = b.product_id
CROSS JOIN params
WHERE b.ts < params.now
UNION
SELECT s.number, g.p
FROM shown AS v
JOIN shard AS s ON s.subscriber_id = v.subscriber_id
JOIN goods AS g ON g.product_id = v.product_id
UNION
SELECT s.number, f.p
FROM shard AS s
CROSS JOIN forbidden AS f
