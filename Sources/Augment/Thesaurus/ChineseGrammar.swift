/// Chinese: nouns of two to four characters and verbs and adjectives of two, of one part of speech, by
/// words of as many characters.
///
/// Words have no forms, so that agreement is that of rhythm (a word of two characters does not give way
/// to one of three) and of class. Nothing in a text shows where words begin, so a word stays where the
/// character beside it might belong to it.
struct ChineseGrammar: ThesaurusGrammar {
  let functionWords = Self.words
  let shortestWord = 2
  let largestSense = 12
  private let lexicon: any SenseLexicon

  init(_ lexicon: any SenseLexicon) { self.lexicon = lexicon }

  /// `医生` and `医师` are two words, `导水管` and `水管` too: characters, not spelling, tell them apart.
  func areVariants(_ left: String, _ right: String) -> Bool { false }

  func agreement(of word: String, hint: String) -> Agreement? {
    let scalars = Array(word.unicodeScalars)
    guard (2...4).contains(scalars.count), scalars.allSatisfy(HanScript.isEveryday),
      !Self.beginnings.contains(scalars[0]), !Self.endings.contains(scalars[scalars.count - 1]),
      !scalars.contains(where: Self.phraseMakers.contains), let part = Self.part(hint)
    else { return nil }
    // 看看 and 天天 are forms of 看 and 天.
    if scalars.count == 2, scalars[0] == scalars[1] { return nil }
    // Longer ones are phrases that explain a word of English: 看一看, 做得很好.
    if part != "noun", scalars.count > 2 { return nil }
    // 中国 and 法国人 are no adjectives in Chinese, whatever a wordnet says.
    if part == "adjective", Self.peoples.contains(scalars[scalars.count - 1]) { return nil }
    return Agreement(part, "\(scalars.count) characters")
  }

  /// The part of speech by a wordnet's letter or by Cilin's classes.
  ///
  /// Adverbs stay: most are function words, as those of Cilin's class K. Class Dn is that of numbers and
  /// measure words.
  private static func part(_ hint: String) -> String? {
    if hint == "Dn" { return nil }
    switch hint.first {
    case "n", "A", "B", "C", "D": return "noun"
    case "v", "F", "G", "H", "I", "J": return "verb"
    case "a", "E": return "adjective"
    default: return nil
    }
  }

  /// Negation and degree make phrases: 不喜欢, 很多.
  private static let beginnings = Set("不没沒未无無非很最太更别別".unicodeScalars)
  /// So do these wherever they stand: 被要求, 看得懂.
  private static let phraseMakers = Set("的得很被使".unicodeScalars)
  private static let peoples = Set("国國人文语語话話族".unicodeScalars)
  /// Particles make phrases: 坏了, 孩子们.
  private static let endings = Set("的地得了着著过過们們".unicodeScalars)

  func allows(_ word: String, _ agreement: Agreement, _ surroundings: Surroundings) -> Bool {
    let (previous, next) = (surroundings.previous, surroundings.next)
    // Behind a number stand measure words.
    if let last = previous.unicodeScalars.last, Self.isNumeral(last) { return false }
    if previous.unicodeScalars.count == 1 {
      if Self.prefixes.contains(previous) || lexicon.lists(previous + word) { return false }
      if lexicon.lists(previous + String(word.prefix(1))) { return false }
    }
    if next.unicodeScalars.count == 1 {
      if Self.suffixes.contains(next) || lexicon.lists(word + next) { return false }
      if lexicon.lists(String(word.suffix(1)) + next) { return false }
    }
    return true
  }

  private static func isNumeral(_ scalar: Unicode.Scalar) -> Bool {
    numerals.contains(scalar) || scalar.properties.numericType == .decimal
  }

  private static let numerals = Set(
    "〇零一二三四五六七八九十百千万萬亿億两兩几幾半数數第壹贰叁肆伍陆柒捌玖拾".unicodeScalars)
  /// What makes one word with the next character, or the one before.
  private static let prefixes = WordList.set("非 反 超 亚 亞 第 老 小 副 总 總 双 雙 多 单 單 准 準")
  private static let suffixes = WordList.set(
    "者 性 化 们 們 家 员 員 学 學 率 力 感 度 式 型 类 類 界 法 师 師 生 士 人 物 品 机 機 室 院 所 站 店 厂 廠 "
      + "部 队 隊 会 會 党 黨 国 國 省 市 县 縣 区 區 镇 鎮 村 街 路 山 河 江 湖 海 岛 島 洲 州 族 语 語 文 论 論 主 "
      + "权 權 税 稅 费 費 金 量 值 线 線 器 表 车 車 船 馆 館 剂 劑 症 病 炎 素 期 日 节 節 号 號")

  func fitting(_ text: String) -> (String) -> Bool {
    let script = HanScript(of: text)
    return { script.accepts($0) }
  }

  /// Function words, words that stand for others, and kin, of which English, and so a wordnet that
  /// follows English, knows fewer.
  private static let words = WordList.set(
    "我们 你们 他们 她们 它们 咱们 大家 自己 自身 本人 别人 人家 彼此 互相 这个 那个 这些 那些 这里 那里 这儿 那儿 这样 "
      + "那样 这么 那么 哪里 哪儿 哪个 哪些 什么 怎么 怎样 怎么样 为什么 多少 几个 有些 有的 某些 某个 各个 各种 每个 "
      + "每一 所有 全部 一切 任何 其他 其它 其余 另外 其中 一些 一点 一下 一样 一起 一直 一定 一般 许多 很多 不少 大量 若干 "
      + "因为 所以 因此 因而 由于 虽然 尽管 但是 可是 不过 然而 而且 并且 或者 还是 如果 假如 要是 只要 只有 除非 即使 "
      + "无论 不管 既然 以便 以免 于是 然后 接着 同时 否则 以及 甚至 不但 不仅 与其 宁可 关于 对于 至于 根据 按照 通过 经过 "
      + "随着 为了 除了 作为 沿着 朝着 直到 自从 当时 那时 这时 此时 此外 可以 可能 能够 应该 应当 理应 必须 需要 愿意 "
      + "男孩 女孩 男子 女子 要点 认为 以为 觉得 知道 记得 忘记 相信 告诉 抱歉 認為 以為 覺得 記得 忘記 告訴 希望 想要 打算 开始 继续 停止 进行 加以 成为 变成 属于 等于 具有 拥有 没有 不是 就是 还有 只是 似乎 好像 好象 显得 "
      + "看来 看起来 也许 大概 或许 恐怕 已经 曾经 正在 将要 马上 立刻 立即 刚刚 刚才 常常 经常 往往 总是 从来 永远 偶尔 "
      + "有时 渐渐 逐渐 终于 最后 首先 其次 非常 十分 特别 尤其 比较 相当 更加 越来越 几乎 差不多 完全 根本 简直 确实 的确 "
      + "其实 当然 果然 居然 竟然 难道 究竟 到底 反正 幸亏 几乎 只好 不得不 今天 昨天 明天 今年 去年 明年 现在 以前 以后 "
      + "之前 之后 以上 以下 之间 上面 下面 里面 外面 前面 后面 旁边 中间 左边 右边 早上 早晨 上午 中午 下午 晚上 星期 "
      + "星期一 星期二 星期三 星期四 星期五 星期六 星期天 星期日 月份 时候 时间 地方 东西 事情 先生 小姐 女士 太太 哥哥 弟弟 "
      + "姐姐 妹妹 兄弟 姐妹 姊妹 叔叔 伯伯 伯父 叔父 舅舅 舅父 姨父 姑父 姑姑 阿姨 姨妈 姑妈 婶婶 爷爷 奶奶 外公 外婆 "
      + "祖父 祖母 外祖父 外祖母 堂兄 堂弟 表哥 表弟 表姐 表妹 堂姐 堂妹 侄子 侄女 外甥 孙子 孙女 公里 公斤 公尺 公分 千克 "
      + "厘米 毫米 小时 分钟 谢谢 你好 再见 请问 对不起 没关系 我們 你們 他們 她們 它們 這個 那個 這些 這裡 那裡 這樣 那樣 "
      + "這麼 那麼 什麼 怎麼 怎樣 為什麼 幾個 沒有 因為 雖然 儘管 還是 無論 不僅 關於 對於 根據 經過 隨著 為了 應該 應當 必須 "
      + "願意 開始 繼續 進行 成為 屬於 擁有 還有 已經 馬上 剛剛 剛才 總是 從來 漸漸 終於 最後 現在 以後 之後 時候 時間 東西 "
      + "先生 謝謝 再見 對不起 這時 許多 其餘 一樣")
}
