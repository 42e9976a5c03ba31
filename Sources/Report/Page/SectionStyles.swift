/// The look of what single sections have: the stream of records, samples, differences, filters.
let sectionStyles: StaticString = """

  .skip{position:absolute;left:-99rem;padding:.5rem .9rem;background:var(--surface);color:var(--c0);
  border-radius:.4rem;z-index:1}
  .skip:focus{left:1rem;top:.6rem}
  .brief{margin-top:1.1rem;max-width:52rem;font-size:1.0625rem;text-wrap:pretty}
  .caution{padding:.5rem .9rem;border-radius:.5rem;background:var(--warn-bg);color:var(--warn)}
  .metric{font-weight:500}
  .key-name{display:block;color:var(--muted);font-size:.75rem}
  .flow{list-style:none;margin:0;padding:0}
  .flow li{display:grid;grid-template-columns:minmax(8rem,17rem) minmax(7rem,22rem) minmax(0,1fr);
  column-gap:1.1rem;min-height:3.4rem}
  .flow-name{display:flex;flex-wrap:wrap;gap:0 .6rem;justify-content:space-between;
  align-content:flex-start;padding-top:.55rem;overflow-wrap:anywhere}
  .flow-name b{font-variant-numeric:tabular-nums;font-weight:600}
  .flow-note{padding:.55rem 0;color:var(--muted);font-size:.9375rem}
  .flow-note .legend{margin-top:0}
  .river{display:block;width:100%;height:0;min-height:calc(100% + 1px);overflow:visible}
  .river .stream{fill:color-mix(in srgb,var(--c0) 32%,var(--surface))}
  .river .lost{fill:var(--c1);fill-opacity:.8}.river .merged{fill:var(--muted);fill-opacity:.55}
  .river .made{fill:var(--c2);fill-opacity:.75}
  .river .c0{fill:var(--c0)}.river .c1{fill:var(--c1)}.river .c2{fill:var(--c2)}
  .river .c3{fill:var(--c3)}
  .groups{columns:2 26rem;column-gap:2.25rem}
  .group{break-inside:avoid;padding-bottom:1.1rem}
  details.group summary{font-family:inherit;font-size:1rem;color:var(--ink)}
  .group .stage{color:var(--muted);font-size:.875rem;margin-left:.6rem}
  .samples{list-style:none;display:grid;gap:.75rem;margin-top:.5rem}
  .samples li{padding-left:.9rem;border-left:3px solid var(--line);min-width:0}
  .samples .quote{margin-top:0}.samples .remark{overflow-wrap:anywhere}
  .empty{color:var(--muted);font-style:italic}
  ins{background:var(--good-bg);color:var(--good);text-decoration:underline;
  text-decoration-thickness:2px;text-underline-offset:2px}
  del{background:var(--bad-bg);color:var(--bad);text-decoration:line-through}
  mark{background:var(--good-bg);color:var(--good)}
  ins,del,mark{border-radius:.2rem;padding:0 .1em;-webkit-box-decoration-break:clone;
  box-decoration-break:clone}
  ins::before,ins::after,del::before,del::after{position:absolute;width:1px;height:1px;
  overflow:hidden;clip-path:inset(50%);white-space:nowrap}
  ins::before{content:" [put in: "}del::before{content:" [taken out: "}
  ins::after,del::after{content:"] "}
  .columns rect{fill-opacity:.85}
  .columns.c0 rect{fill:var(--c0)}.columns.c1 rect{fill:var(--c1)}
  .columns.c2 rect{fill:var(--c2)}.columns.c3 rect{fill:var(--c3)}
  .chart .columns .name{fill:var(--ink);font-weight:600}
  .chart.square{max-width:26rem}
  .bar.side0 .fill{fill:var(--c0)}.bar.side1 .fill{fill:var(--c1)}.bar.side2 .fill{fill:var(--c2)}
  figure th .badge{margin-left:.5rem}
  figure .scroll{margin-top:.5rem}
  .filters{display:flex;flex-wrap:wrap;gap:.75rem 1.75rem;align-items:center}
  .filters fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.4rem}
  .filters legend{float:left;padding:.3rem .5rem .3rem 0;color:var(--muted);font-size:.9375rem}
  .chip{position:relative;cursor:pointer;font-size:.9375rem}
  .chip input{position:absolute;opacity:0;inset:0;margin:0;cursor:pointer}
  .chip span{display:inline-block;padding:.3rem .85rem;border-radius:1rem;
  border:1px solid var(--line);color:var(--ink)}
  .chip input:checked+span{background:var(--c0);border-color:var(--c0);color:var(--surface);
  font-weight:600}
  .chip input:focus-visible+span{outline:2px solid var(--c0);outline-offset:2px}
  .picker{color:var(--muted);font-size:.9375rem}
  .picker select{font:inherit;margin-left:.4rem;padding:.3rem .5rem;border-radius:.4rem;
  border:1px solid var(--line);background:var(--surface);color:var(--ink);max-width:14rem}
  .served header{margin-bottom:1.25rem}.served a{color:var(--c0)}
  .miniature{width:6.25rem;height:1.5rem;vertical-align:middle}
  .browser{display:grid;gap:1rem}
  .shelf .examples{margin-top:.6rem}
  .texts{display:grid;gap:.45rem;margin-top:.4rem}
  .texts div{display:grid;grid-template-columns:5.5rem minmax(0,1fr);column-gap:.8rem}
  .texts dt{color:var(--muted);font-size:.875rem}
  .texts dd{overflow-wrap:anywhere;white-space:pre-wrap;max-width:58rem}
  @media (max-width:40rem){
  .flow li{grid-template-columns:5.5rem minmax(0,1fr);grid-template-rows:auto 1fr;
  column-gap:.8rem}
  .flow .river{grid-column:1;grid-row:1/3}
  .flow-name{grid-column:2;grid-row:1;padding-top:.35rem}
  .flow-note{grid-column:2;grid-row:2;padding:.1rem 0 .7rem;font-size:.875rem}
  .texts div{grid-template-columns:minmax(0,1fr)}
  .key-name{display:none}.chart.square text{font-size:13px}
  th,td{padding:.45rem .4rem}table{font-size:.875rem}
  nav{gap:.1rem 1rem}nav a{padding:.35rem 0}}
  @media print{
  .skip,.filters{display:none}.groups{columns:2}
  .river path,ins,del,mark,.columns rect{-webkit-print-color-adjust:exact;
  print-color-adjust:exact}}

  """
