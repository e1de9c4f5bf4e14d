-- purpose: which segments go with which favourite categories among the people asked for, each such
--   kind of people with a number.
-- cost: one pass over them, a hash aggregate.
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.segment, k.category) AS INTEGER) AS kind,
  k.segment,
  k.category
FROM (
  SELECT DISTINCT p.segment, COALESCE(f.category, '') AS category
  FROM people AS p
  LEFT JOIN favourites AS f ON f.number = p.number
) AS k
