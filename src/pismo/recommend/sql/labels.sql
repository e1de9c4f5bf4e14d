-- purpose: what a letter says of each product, in the order of their numbers.
-- cost: one sort of products.
SELECT
  g.product_id,
  g.title,
  g.url,
  COALESCE(g.image, '') AS image,
  g.price,
  g.old_price,
  g.currency,
  COALESCE(g.category, '') AS category
FROM goods AS g
ORDER BY g.p
