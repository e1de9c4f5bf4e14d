-- purpose: what the people of each segment bought in the last 90 days, most bought first.
-- cost: one pass over `past`.
SELECT
  o.segment,
  h.p,
  ROW_NUMBER() OVER (PARTITION BY o.segment ORDER BY COUNT(*) DESC, h.p) AS place
FROM past AS h
JOIN people AS o ON o.number = h.number
WHERE h.bought = 1 AND h.lately = 1
GROUP BY o.segment, h.p
