-- purpose: for the people of one shard, products like those in their history, best first: recent
--   history counts more, what sells now counts more. Not what they own, nor what was shown. More
--   than are wanted, because one of a family and a few of a category will do. For `turn` see
--   `chosen`.
-- cost: history of the shard times `neighbours` rows into one hash aggregate, which is why a shard
--   should fit into the processor's cache; then the first few of each person's candidates.
SELECT
  ranked.number,
  ranked.p,
  params.level_room + ranked.place * params.slots + ranked.p AS turn,
  k.shelf,
  k.family
FROM (
  SELECT
    c.number,
    c.p,
    -- One key for both, the score and then the product, in 64 bits: engines find the first few by
    -- it twice as fast as by 128, and three times as fast as by two columns.
    ROW_NUMBER() OVER (
      PARTITION BY c.number
      ORDER BY CAST(FLOOR(c.score / params.score_step) AS BIGINT) * params.slots - c.p DESC
    ) AS place
  FROM (
    SELECT h.number, s.j AS p, SUM(h.say * s.pull) AS score
    FROM shard_history AS h
    JOIN pulls AS s ON s.i = h.p
    GROUP BY h.number, s.j
  ) AS c
  CROSS JOIN params
  WHERE NOT EXISTS (SELECT 1 FROM unwanted AS u WHERE u.number = c.number AND u.p = c.p)
) AS ranked
CROSS JOIN params
JOIN kin AS k ON k.p = ranked.p
WHERE ranked.place <= params.shortlist
