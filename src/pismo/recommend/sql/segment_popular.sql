-- purpose: what the people of each segment bought in the last 90 days, most bought first.
-- cost: one pass over recent history of these people.
SELECT
  p.segment,
  h.p,
  ROW_NUMBER() OVER (PARTITION BY p.segment ORDER BY COUNT(*) DESC, h.p) AS place
FROM people AS p
JOIN history AS h ON h.subscriber_id = p.subscriber_id AND h.bought = 1 AND h.age <= 90
GROUP BY p.segment, h.p
