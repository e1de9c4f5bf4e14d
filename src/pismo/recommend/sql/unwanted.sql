-- purpose: for the people of one shard, what they must not be shown: what they own (all of it,
--   not only the latest), what the last issues showed, what editors forbid to everybody.
-- cost: one pass over purchases of the shard.
SELECT b.subscriber_id, g.p
FROM purchases AS b
JOIN goods AS g ON g.product_id = b.product_id
CROSS JOIN params
WHERE b.ts < params.now
  AND EXISTS (SELECT 1 FROM shard AS s WHERE s.subscriber_id = b.subscriber_id)
UNION
SELECT v.subscriber_id, g.p
FROM shown AS v
JOIN goods AS g ON g.product_id = v.product_id
WHERE EXISTS (SELECT 1 FROM shard AS s WHERE s.subscriber_id = v.subscriber_id)
UNION
SELECT s.subscriber_id, f.p
FROM shard AS s
CROSS JOIN forbidden AS f
