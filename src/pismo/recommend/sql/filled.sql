-- purpose: fallbacks for the people of `wanting`, out of the top of the list for their kind.
-- cost: such people times rows of `top_fallbacks` for their kind.
SELECT f.number, l.p, l.turn, l.shelf, l.family
FROM wanting AS f
JOIN top_fallbacks AS l ON l.kind = f.kind AND l.place <= f.places
WHERE NOT EXISTS (SELECT 1 FROM unwanted AS u WHERE u.number = f.number AND u.p = l.p)
  AND NOT EXISTS (SELECT 1 FROM nearest AS n WHERE n.number = f.number AND n.p = l.p)
