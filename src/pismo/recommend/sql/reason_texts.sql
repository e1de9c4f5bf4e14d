-- purpose: every reason that a pick may have, in words; those that name a product, for each product.
-- cost: products times two.
SELECT w.cause, w.category, 0 AS because, w.text AS reason
FROM words AS w
WHERE w.cause NOT IN ('bought', 'viewed')
UNION ALL
SELECT
  w.cause,
  w.category,
  g.p AS because,
  REPLACE(
    w.text,
    '{title}',
    REPLACE(REPLACE(g.title, w.open_quote, w.open_inner), w.close_quote, w.close_inner)
  ) AS reason
FROM words AS w
CROSS JOIN goods AS g
WHERE w.cause IN ('bought', 'viewed')
