-- purpose: products that may keep others of a letter out of it: families of several, what is pinned.
-- cost: one pass over products.
SELECT g.p, g.family
FROM goods AS g
WHERE g.family IN (SELECT family FROM goods GROUP BY family HAVING COUNT(*) > 1)
  OR g.p IN (SELECT p FROM pinned)
