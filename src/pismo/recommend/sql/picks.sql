-- purpose: picks in the order they are handed out, each with the number of its reason.
-- cost: one pass over the shard's picks, two hash joins, a sort of narrow rows.
SELECT s.subscriber_id, c.rank, c.p, r.reason
FROM chosen AS c
JOIN shard AS s ON s.number = c.number
JOIN goods AS g ON g.p = c.p
LEFT JOIN causes AS a ON a.number = c.number AND a.p = c.p
JOIN reason_texts AS r
  ON r.code = CASE c.level
    WHEN 0 THEN 2 * a.because + a.bought
    WHEN 1 THEN -10 - g.shelf
    WHEN 2 THEN -2
    WHEN 3 THEN -3
    ELSE -4
  END
ORDER BY s.number, c.rank
