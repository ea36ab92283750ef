/**
 * An average-cost ledger written in PL/pgSQL over Torghut's tables, independent of the product's: numeric arithmetic,
 * one loop over the orders of a book and symbol in order of time; how many fills they had is counted from the order events.
 */
export const INDEPENDENT_LEDGER = `
CREATE FUNCTION pg_temp.book_totals(until timestamptz)
RETURNS TABLE (strategy_id uuid, account text, filled_quantity numeric, notional numeric, fills bigint, realized numeric, costs numeric,
               open_symbols bigint, realized_of_closed numeric, cash_of_closed numeric)
LANGUAGE plpgsql AS $$
DECLARE
  fill record;
  held numeric := 0; cost numeric := 0; gain numeric := 0; closing numeric; signed numeric;
  book text := ''; key text;
BEGIN
  CREATE TEMP TABLE IF NOT EXISTS symbol_totals (strategy_id uuid, account text, symbol text, quantity numeric, notional numeric,
    fills bigint, realized numeric, held numeric, cash numeric) ON COMMIT DROP;
  FOR fill IN
    SELECT d.strategy_id, coalesce(nullif(e.alpaca_account_label, 'paper'), d.alpaca_account_label) AS account, replace(e.symbol, '/', '') AS symbol,
           e.side, e.filled_qty, e.avg_fill_price,
           (SELECT count(*) + CASE WHEN coalesce(sum(v.filled_qty_delta), 0) < e.filled_qty THEN 1 ELSE 0 END FROM execution_order_events v
            WHERE v.filled_qty_delta > 0 AND (v.execution_id = e.id OR v.alpaca_order_id = e.alpaca_order_id)) AS parts
    FROM executions e JOIN trade_decisions d ON d.id = e.trade_decision_id
    WHERE e.filled_qty > 0
      AND coalesce((e.raw_order->>'filled_at')::timestamptz, CASE WHEN e.status <> 'filled' THEN (e.raw_order->>'updated_at')::timestamptz END,
                   e.last_update_at) <= until
    ORDER BY 1, 2, 3, date_trunc('milliseconds', coalesce((e.raw_order->>'filled_at')::timestamptz,
             CASE WHEN e.status <> 'filled' THEN (e.raw_order->>'updated_at')::timestamptz END, e.last_update_at)),
             date_trunc('milliseconds', coalesce((e.raw_order->>'submitted_at')::timestamptz, d.executed_at, e.created_at)), e.id::text COLLATE "C"
  LOOP
    key := fill.strategy_id || '|' || fill.account || '|' || fill.symbol;
    IF key <> book THEN held := 0; cost := 0; book := key; END IF;
    signed := CASE WHEN fill.side = 'buy' THEN fill.filled_qty ELSE -fill.filled_qty END;
    gain := 0;
    IF held = 0 OR sign(held) = sign(signed) THEN
      held := held + signed; cost := cost + signed * fill.avg_fill_price;
    ELSE
      closing := least(abs(signed), abs(held)) * sign(held);
      gain := closing * fill.avg_fill_price - cost * closing / held;
      cost := cost - cost * closing / held;
      held := held - closing;
      IF abs(signed) > abs(closing) THEN held := signed + closing; cost := held * fill.avg_fill_price; END IF;
    END IF;
    INSERT INTO symbol_totals VALUES (fill.strategy_id, fill.account, fill.symbol, fill.filled_qty, fill.filled_qty * fill.avg_fill_price, fill.parts, gain, signed,
      -signed * fill.avg_fill_price);
  END LOOP;
  RETURN QUERY
    WITH per_symbol AS (
      SELECT s.strategy_id, s.account, s.symbol, sum(s.quantity) AS quantity, sum(s.notional) AS notional, sum(s.fills)::bigint AS fills,
             sum(s.realized) AS realized, sum(s.held) AS held, sum(s.cash) AS cash
      FROM symbol_totals s GROUP BY 1, 2, 3)
    SELECT p.strategy_id, p.account, sum(p.quantity), sum(p.notional), sum(p.fills)::bigint, sum(p.realized),
      (SELECT coalesce(sum((e.raw_order->>k.name)::numeric), 0) FROM executions e JOIN trade_decisions d ON d.id = e.trade_decision_id,
        LATERAL (SELECT n.name FROM unnest(ARRAY['cost_amount','explicit_cost','commission','fees','fee_amount','broker_fee','total_fees']) WITH ORDINALITY AS n(name, place)
                 WHERE e.raw_order->>n.name IS NOT NULL ORDER BY n.place LIMIT 1) k
        WHERE d.strategy_id = p.strategy_id AND coalesce(nullif(e.alpaca_account_label, 'paper'), d.alpaca_account_label) = p.account AND e.filled_qty > 0),
      count(*) FILTER (WHERE p.held <> 0), sum(p.realized) FILTER (WHERE p.held = 0), sum(p.cash) FILTER (WHERE p.held = 0)
    FROM per_symbol p GROUP BY p.strategy_id, p.account;
END $$;
`
