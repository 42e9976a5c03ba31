import Augment
import Records
import Stages
import TestSupport
import Testing

/// Small lexicons of Chinese, written for these tests.
enum SmallLexicon {
  static let wordnet = """
    # Small wordnet\tcmn\thttp://localhost\tnone
    00000001-n\tcmn:lemma\t医生
    00000001-n\tcmn:lemma\t医师
    00000001-n\tcmn:lemma\t大夫
    00000002-n\tcmn:lemma\t电影
    00000002-n\tcmn:lemma\t影片
    00000002-n\tcmn:lemma\t片
    00000002-n\tcmn:def\t0\t放映的作品
    00000003-a\tcmn:lemma\t漂亮+的
    00000003-a\tcmn:lemma\t美丽的
    00000004-v\tlemma\t购买
    00000004-v\tlemma\t采购
    00000004-v\tlemma\t买进来
    00000005-n\tcmn:lemma\t大夫
    00000005-n\tcmn:lemma\t官员
    00000006-n\tcmn:lemma\t学生
    00000006-n\tcmn:lemma\t學生
    00000006-n\tcmn:lemma\t学员
    00000006-n\tcmn:lemma\t學員
    00000007-v\tcmn:lemma\t喜欢
    00000007-v\tcmn:lemma\t喜爱
    00000007-a\tcmn:lemma\t喜爱
    00000008-r\tcmn:lemma\t马上
    00000008-r\tcmn:lemma\t立刻
    00000009-n\tcmn:lemma\t手机
    00000009-n\tcmn:lemma\t移动电话

    """
  static let cilin = """
    Ba01A01= 医生 医师
    Ga01A01= 高兴 愉快
    Hi01A01= 购买 采购 买
    Kb01A01= 关于 对于
    Dn01A01= 海里 浬数
    Bp01A01= 手机 移动电话
    Bp02A01# 苹果 香蕉
    Bp02A02@ 电影

    """
  /// The lines of `cilin` in GBK with the line ends of Windows, by Python's codec.
  static let cilinInGBK =
    "426130314130313d20d2bdc9fa20d2bdcaa60d0a476130314130313d20b8dfd0cb20d3e4bfec0d0a"
    + "486930314130313d20b9bac2f220b2c9b9ba20c2f20d0a4b6230314130313d20b9d8d3da20b6d4d3da0d0a"
    + "427030314130313d20cad6bbfa20d2c6b6afb5e7bbb00d0a427030324130312320c6bbb9fb20cfe3bdb60d0a"
    + "427030324130324020b5e7d3b00d0a"
}

@Suite struct ChineseSynonymsTests {
  private let folder: TemporaryFolder
  private let wordnet: String
  private let cilin: String

  init() throws {
    folder = try TemporaryFolder()
    wordnet = try folder.write(SmallLexicon.wordnet, to: "wn-data-cmn.tab")
    cilin = try folder.write(SmallLexicon.cilin, to: "cilin.txt")
  }

  private func brood(
    _ record: Record, _ file: String, _ more: [String: String] = [:]
  ) throws -> Brood {
    let parameters = ["language": "zh", "thesaurus": file, "rate": "1"].merging(more) { $1 }
    return try Brood("synonyms", of: record, parameters)
  }

  /// Texts, and what they become with every word replaced that can be; each has one synonym here.
  static let table: [(String, String)] = [
    ("医生去看电影。", "医师去看影片。"),
    ("她很漂亮，真的很美丽！", "她很美丽，真的很漂亮！"),
    ("公司购买汽车。", "公司采购汽车。"),
    ("Tom 的医生来了 3 次。", "Tom 的医师来了 3 次。"),
    // The replacement is in the text's own script.
    ("他们是学生。", "他们是学员。"), ("他們是學生。", "他們是學員。"),
  ]

  @Test(arguments: table.indices)
  func `words of a wordnet are replaced without a blank between`(_ index: Int) throws {
    let (text, expected) = Self.table[index]
    let brood = try brood(.text(text), wordnet)
    #expect(brood.texts == [expected])
    #expect(try Brood.replays(text, brood))
  }

  static let kept = [
    // Two classes, or another sense: 喜爱, 大夫.
    "我喜欢你。", "大夫来了。",
    // Another number of characters, adverbs, single characters.
    "手机。", "他马上来。", "一片。",
    // Behind a number stand measure words; with 者 it is another word.
    "三医生。", "购买者。",
    // 丽 is simplified, and the text is not.
    "這個東西很漂亮。",
    // Nothing in the text says which script it is in.
    "漂亮。",
    "`医生`，{医生}，“医生”", "",
  ]

  @Test(arguments: kept)
  func `what is not sure stays`(_ text: String) throws {
    #expect(try brood(.text(text), wordnet).texts == [])
  }

  @Test func `words of the label and the answer stay`() throws {
    #expect(try brood(.text("医生来了。", label: "医生"), wordnet).texts == [])
    #expect(try brood(.text("看电影去。"), wordnet, ["protect": "电影"]).texts == [])
    let asked = Record.instruction("医生喜欢电影吗？他是学生。", output: "医生喜欢。")
    #expect(try brood(asked, wordnet).texts.first == "医生喜欢影片吗？他是学员。")
  }

  @Test func `Cilin's synonyms are used, not its fields, function words and measure words`() throws
  {
    let text = "医生高兴，关于苹果购买电影，走一海里，手机。"
    let expected = "医师愉快，关于苹果采购电影，走一海里，手机。"
    #expect(try brood(.text(text), cilin).texts == [expected])
  }

  @Test func `Cilin in GBK is read like that in UTF-8`() throws {
    let hex = Array(SmallLexicon.cilinInGBK.utf8)
    let bytes = try stride(from: 0, to: hex.count, by: 2).map { place in
      try #require(UInt8(String(decoding: hex[place...place + 1], as: UTF8.self), radix: 16))
    }
    let path = "\(folder.path)/gbk.txt"
    try AtomicFile.write(bytes, to: path)
    #expect(try brood(.text("医生高兴。"), path).texts == ["医师愉快。"])
  }

  @Test func `the ledger says what a word became and as which part of speech`() throws {
    let note = try #require(try brood(.text("医生来了。"), wordnet).notes.first?.array?.first)
    #expect(note["from"] == "医生")
    #expect(note["to"] == "医师")
    #expect(note["pos"] == "noun")
    #expect(note["at"] == 0)
  }

  @Test func `easy data augmentation puts Chinese synonyms in`() throws {
    let brood = try Brood(
      "eda", of: .text("公司购买汽车。"),
      [
        "language": "zh", "thesaurus": wordnet, "insert": "0", "swap": "0", "delete": "0",
        "copies": "1",
      ])
    #expect(brood.texts == ["公司采购汽车。"])
  }

  @Test func `a wordnet of German goes by the grammar of German`() throws {
    let path = try folder.write(
      """
      # Small wordnet\tdeu
      00000001-n\tdeu:lemma\tKrankheit
      00000001-n\tdeu:lemma\tErkrankung
      00000001-n\tdeu:lemma\tLeiden
      00000002-a\tdeu:lemma\tmühsam
      00000002-a\tdeu:lemma\tbeschwerlich
      """, to: "wn-data-deu.tab")
    let brood = try Brood(
      "synonyms", of: .text("Die Krankheit ist mühsam."),
      ["language": "de", "thesaurus": path, "rate": "1"])
    #expect(brood.texts == ["Die Erkrankung ist beschwerlich."])
  }

  /// Files that are damaged, and the line at fault.
  static let damaged: [(String, Int)] = [
    ("# x\n00000001-n\tcmn:lemma\t医生\n00000001-n\t医师\n", 3),
    ("00000001-n\tcmn:def\t医生\n", 0),
    ("Ba01A01= 医生 医师\n医生 医师\n", 2),
    ("医生 医师\n", 1),
  ]

  @Test(arguments: damaged.indices)
  func `a damaged file is a fault that names file and line`(_ index: Int) throws {
    let (text, line) = Self.damaged[index]
    let path = try folder.write(text, to: "damaged.txt")
    let fault = #expect(throws: StageError.self) { try brood(.text("医生"), path) }
    #expect(fault?.code == "invalid-thesaurus")
    #expect(fault?.source?.file == path)
    #expect(fault?.source?.line == line)
  }

  @Test func `without a file there are no synonyms of Chinese`() {
    let fault = #expect(throws: Diagnostic.self) {
      try Brood.descriptor("synonyms").stage(["language": "zh"])
    }
    #expect(fault?.remedy?.contains("Open Multilingual Wordnet") == true)
    #expect(fault?.remedy?.contains("Cilin") == true)
  }

  @Test func `any text keeps what is not replaced, byte for byte`() throws {
    for seed in 0..<200 {
      var random = CounterRandom(seed: UInt64(seed), purpose: "soup", record: "zh")
      let text = Soup.text(&random) + "医生学习购买"
      let brood = try brood(.text(text), wordnet, ["copies": "2"])
      #expect(try Brood.replays(text, brood))
    }
  }
}

/// The Chinese Open Wordnet, where the reference data is there.
@Suite struct ChineseOpenWordnetTests {
  private static let name = "data/resources/wordnet_zh_de/wn-data-cmn.tab.gz"

  @Test(.enabled(if: Shared.exists, "needs ../shared"))
  func `the Chinese Open Wordnet gives synonyms of as many characters`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/wn-data-cmn.tab"
    try AtomicFile.write(try Shared.contents(Self.name), to: path)
    let text = "妻子买了一件衬衫，孩子们在房间里抱怨考试，这家医院没有出租车。"
    let brood = try Brood(
      "synonyms", of: .text(text),
      ["language": "zh", "thesaurus": path, "rate": "1", "copies": "3"])
    #expect(!brood.texts.isEmpty)
    #expect(try Brood.replays(text, brood))
    for note in brood.notes {
      for edit in try #require(note.array) {
        let from = try #require(edit["from"]?.string)
        let to = try #require(edit["to"]?.string)
        #expect(from.count == to.count && from.count > 1 && from != to)
      }
    }
  }
}
