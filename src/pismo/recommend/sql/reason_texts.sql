-- purpose: every reason that a pick may have, in words; those that name a product, for each product.
--   `code` is what picks know: twice the product and whether it was bought, or a number below zero
--   for each fallback and each category.
-- cost: products times two, a sort.
SELECT CAST(ROW_NUMBER() OVER (ORDER BY t.code) AS INTEGER) AS reason, t.code, t.text
FROM (
  SELECT
    CASE w.cause WHEN 'segment' THEN -2 WHEN 'popular' THEN -3 ELSE -4 END AS code,
    w.text
  FROM words AS w
  WHERE w.cause IN ('segment', 'popular', 'editor')
  UNION ALL
  SELECT -10 - c.shelf AS code, w.text
  FROM words AS w
  JOIN (SELECT DISTINCT category, shelf FROM goods) AS c ON c.category = w.category
  WHERE w.cause = 'category'
  UNION ALL
  SELECT
    2 * g.p + CASE WHEN w.cause = 'bought' THEN 1 ELSE 0 END AS code,
    REPLACE(
      w.text,
      '{title}',
      REPLACE(REPLACE(g.title, w.open_quote, w.open_inner), w.close_quote, w.close_inner)
    ) AS text
  FROM words AS w
  CROSS JOIN goods AS g
  WHERE w.cause IN ('bought', 'viewed')
) AS t
