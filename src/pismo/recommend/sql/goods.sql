-- purpose: products with a number each (in order of id, so that it never depends on an engine),
--   families and
--   categories too, and whether they may be shown.
-- cost: one pass over products, three sorts.
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY g.product_id) AS INTEGER) AS p,
  g.product_id,
  g.title,
  g.url,
  g.image,
  g.price,
  g.old_price,
  g.currency,
  g.category,
  CAST(DENSE_RANK() OVER (ORDER BY COALESCE(g.family_id, g.product_id)) AS INTEGER) AS family,
  CASE WHEN g.category IS NOT NULL
    THEN CAST(DENSE_RANK() OVER (ORDER BY g.category) AS INTEGER) END AS shelf,
  g.in_stock AND COALESCE(g.published, TRUE) AS sellable
FROM products AS g
