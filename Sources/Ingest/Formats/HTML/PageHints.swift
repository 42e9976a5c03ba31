#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What names of classes, ids and roles say about what an element is for.
///
/// The words are those that extractors have found on many sites (readability, trafilatura, boilerpipe).
enum PageHints {
  /// What stands around an article: menus, teasers, comments, advertisements.
  private static let boilerplate = words([
    "comment", "disqus", "sidebar", "side-bar", "breadcrumb", "newsletter", "subscri", "cookie",
    "gdpr",
    "consent", "related", "recommend", "popular", "trending", "share", "sharing", "social",
    "footer",
    "advert", "sponsor", "promo", "outbrain", "taboola", "navbar", "navigation", "nav-", "-nav",
    "menu", "pagination", "pager", "popup", "modal", "overlay", "banner", "widget", "rss",
    "read-more", "readmore", "more-from", "tags", "tag-list", "taglist", "byline", "by-line",
    "dateline",
    "author", "caption", "credit", "copyright", "signup", "sign-up", "login", "toolbar", "masthead",
    "skip-", "print-only", "rating", "respond", "reply", "replies", "follow", "dfp", "-ad-",
    "ad-slot",
    "adslot", "adsbygoogle", "ad_", "_ad", "timestamp", "pub-date", "post-meta", "entry-meta",
    "postmeta", "article-meta", "meta-info", "metadata", "infobox", "teaser", "contentinfo",
    "complementary", "search", "paywall", "screen-reader", "sr-only", "visually-hidden",
    "visuallyhidden",
    " print-", "d-print", "print-header", "rollover", "tooltip", "survey", "poll", "playlist",
    "gallery", "slideshow", "carousel", "legal", "disclaimer",
  ])
  /// What holds an article.
  private static let content = words([
    "article", "body", "content", "entry", "hentry", "main", "page", "post", "text", "blog",
    "story",
  ])
  /// Names that extractors trust to be the text of an article and nothing else.
  private static let articleBody = words([
    "article-body", "articlebody", "article__body", "article_body", "article-content",
    "article__content", "article_content", "articlecontent", "article-text", "article_text",
    "articletext", "article__text", "post-content", "post_content", "postcontent", "post__content",
    "post-body", "post_body", "postbody", "entry-content", "entry_content", "entrycontent",
    "story-body", "story_body", "storybody", "story__body", "story-content", "story_content",
    "story-text", "storytext", "body-content", "body-copy", "bodycopy", "body-text", "bodytext",
    "main-content", "maincontent", "content-body", "contentbody", "content__body", "text-content",
    "page-content", "blog-content", "blog-post-content", "blogcontent", "single-content",
    "td-post-content",
    "rich-text", "richtext", "field-name-body", "field--name-body",
  ])

  /// What a text of hints says.
  struct Weight {
    let isBoilerplate: Bool
    let isContent: Bool
    let isArticleBody: Bool
  }

  /// How paragraphs begin that only lead elsewhere.
  private static let leadIns = [
    "read more", "see more", "see also", "read also", "also read", "read next", "related:",
    "related stor",
    "related article", "more:", "more from", "more on this", "don't miss", "don’t miss",
    "click here",
    "advert", "share this", "share on", "follow us", "follow me", "sign up", "subscribe", "watch:",
    "listen:",
    "photo:", "image:", "leave a comment",
    "comments", "story continues below", "continue reading",
    "copyright ", "©", "all rights reserved", "filed under",
    "posted in", "tags:", "recommended", "most popular", "popular on", "updated at ", "published:",
  ]

  /// Whether a paragraph only leads elsewhere.
  static func isLeadIn(_ text: String) -> Bool {
    let text = text.lowercased()
    return leadIns.contains { text.hasPrefix($0) }
  }

  /// What the hints of an element say.
  static func weight(of hints: String) -> Weight {
    hints.withCString { hints in
      let body = contains(hints, articleBody)
      // A post that is quoted is part of the article.
      let isEmbed = contains(hints, embeds)
      return Weight(
        isBoilerplate: !body && !isEmbed && contains(hints, boilerplate),
        isContent: contains(hints, content), isArticleBody: body)
    }
  }

  private static let embeds = words(["embed", "twitter-tweet"])

  /// Words as C has them: every element of a page is searched for all of them.
  private static func words(_ words: [String]) -> [[CChar]] { words.map { Array($0.utf8CString) } }

  private static func contains(_ hints: UnsafePointer<CChar>, _ words: [[CChar]]) -> Bool {
    words.contains { strstr(hints, $0) != nil }
  }
}
