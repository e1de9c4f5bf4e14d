-- purpose: for the people of one shard, products like those in their history, scored: recent
--   history counts more, what sells now counts more. Not what they own, nor what was shown.
-- cost: history of the shard times `neighbours` rows into one hash aggregate.
SELECT scored.number, scored.p, scored.score
FROM (
  SELECT h.number, s.j AS p, SUM(h.say * s.pull) AS score
  FROM shard_history AS h
  JOIN alike AS s ON s.i = h.p
  GROUP BY h.number, s.j
) AS scored
WHERE NOT EXISTS (
  SELECT 1 FROM unwanted AS u WHERE u.number = scored.number AND u.p = scored.p
)
