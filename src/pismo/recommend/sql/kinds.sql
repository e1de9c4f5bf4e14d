-- purpose: which segments go with which favourite categories, among the people asked for.
-- cost: one pass over them, a hash aggregate.
SELECT DISTINCT p.segment, COALESCE(f.category, '') AS category
FROM people AS p
LEFT JOIN favourites AS f ON f.number = p.number
