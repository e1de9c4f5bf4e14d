-- purpose: the category each of these people was most busy with in the last 90 days (a purchase
--   weighs more than a look), else the one they bought most of.
-- cost: one pass over history of these people, a sort within each person's categories.
SELECT ranked.subscriber_id, ranked.category
FROM (
  SELECT
    c.subscriber_id,
    c.category,
    ROW_NUMBER() OVER (
      PARTITION BY c.subscriber_id
      ORDER BY c.lately DESC, c.ever DESC, c.category
    ) AS place
  FROM (
    SELECT
      h.subscriber_id,
      g.category,
      SUM(CASE WHEN h.age <= 90 THEN 1 + 4 * h.bought ELSE 0 END) AS lately,
      SUM(1 + 4 * h.bought) AS ever
    FROM history AS h
    JOIN goods AS g ON g.p = h.p AND g.category IS NOT NULL
    WHERE EXISTS (SELECT 1 FROM people AS p WHERE p.subscriber_id = h.subscriber_id)
    GROUP BY h.subscriber_id, g.category
  ) AS c
) AS ranked
WHERE ranked.place = 1
