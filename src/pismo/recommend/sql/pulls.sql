-- purpose: which products bring which, but for what editors forbid.
-- cost: products times `neighbours`.
SELECT a.i, a.j, a.pull
FROM alike AS a
WHERE NOT EXISTS (SELECT 1 FROM forbidden AS f WHERE f.p = a.j)
