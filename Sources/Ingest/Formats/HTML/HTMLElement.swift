/// The elements of HTML that reading a page treats in some way of their own.
///
/// Numbered, not named, since sets of them are asked for every tag.
enum HTMLElement: UInt8, CaseIterable, Sendable {
  case a, abbr, address, article, aside, audio, b, base, blockquote, body, br, button, canvas
  case caption, center, cite, code, col, colgroup, dd, del, details, dialog, dir, div, dl, dt, em
  case embed, fieldset, figcaption, figure, font, footer, form, frame, frameset, h1, h2, h3, h4, h5
  case h6, head, header, hgroup, hr, html, i, iframe, img, input, ins, kbd, label, legend, li, link
  case listing, main, map, mark, math, menu, meta, nav, noframes, noscript, object, ol, optgroup
  case option, p, param, picture, pre, progress, q, s, samp, script, section, select, small, source
  case span, strike, strong, style, sub, summary, sup, svg, table, tbody, td, template, textarea
  case tfoot, th, thead, time, title, tr, track, tt, u, ul, `var`, video, wbr, xmp
  /// Any element not listed, those that pages make up among them.
  case other

  private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ("\($0)", $0) })

  /// The element of a name in small letters.
  init(name: [UInt8]) {
    self = Self.byName[String(decoding: name, as: UTF8.self)] ?? .other
  }

  /// Elements without content.
  static let void: Set<HTMLElement> = [
    .base, .br, .col, .embed, .frame, .hr, .img, .input, .link, .meta, .param, .source, .track,
    .wbr,
  ]

  /// Elements whose content no reader sees.
  static let hidden: Set<HTMLElement> = [
    .script, .style, .noscript, .template, .svg, .math, .iframe, .object, .canvas, .audio, .video,
    .select, .textarea, .button, .head, .noframes, .title,
  ]

  /// Elements that begin a line and end one.
  static let blocks: Set<HTMLElement> = [
    .address, .article, .aside, .blockquote, .body, .caption, .center, .dd, .details, .dialog,
    .dir, .div, .dl, .dt, .fieldset, .figcaption, .figure, .footer, .form, .frameset, .h1, .h2,
    .h3, .h4, .h5, .h6, .header, .hgroup, .hr, .legend, .li, .listing, .main, .menu, .nav, .ol, .p,
    .pre, .section, .summary, .table, .tbody, .tfoot, .thead, .tr, .ul, .xmp,
  ]

  static let headings: Set<HTMLElement> = [.h1, .h2, .h3, .h4, .h5, .h6]

  /// Elements that a start tag of this one ends, where they are open.
  var ends: Set<HTMLElement> { Self.allEnds[Int(rawValue)] }
  private static let allEnds = allCases.map(\.makeEnds)
  private var makeEnds: Set<HTMLElement> {
    switch self {
    case .li: [.li, .p]
    case .dd, .dt: [.dd, .dt, .p]
    case .option, .optgroup: [.option]
    case .td, .th: [.td, .th, .p]
    case .tr: [.td, .th, .tr, .p, .caption, .colgroup]
    case .tbody, .thead, .tfoot: [.td, .th, .tr, .tbody, .thead, .tfoot, .p, .caption, .colgroup]
    case .a: [.a]
    case .body: [.head]
    case _ where Self.headings.contains(self): Self.headings.union([.p])
    case _ where Self.blocks.contains(self): [.p]
    default: []
    }
  }

  /// Elements beyond which no end or start tag of this one reaches.
  var scope: Set<HTMLElement> { Self.allScopes[Int(rawValue)] }
  private static let allScopes = allCases.map(\.makeScope)
  private var makeScope: Set<HTMLElement> {
    switch self {
    case .li: [.ul, .ol, .menu, .dir, .table, .td, .th]
    case .dd, .dt: [.dl, .table, .td, .th]
    case .td, .th, .tr, .tbody, .thead, .tfoot: [.table]
    case .table: []
    case .option, .optgroup: [.select]
    default: [.table, .td, .th, .caption, .button]
    }
  }
}
