import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LatLonPoint;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.function.FunctionScoreQuery;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Collector;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.DoubleValuesSource;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.Weight;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;

/**
 * Lucene in a process of its own, spoken to in lines of tab-separated fields.
 *
 * <p>{@code build FOLDER} reads a creator per line from standard input; {@code serve FOLDER} reads
 * a question per line and answers with one. benchmarks/search_speed/lucene.py is the other end.
 *
 * <p>Filters and words are read once into bit sets, which count and funnel are made from; scores,
 * page and facets come from one pass over the creators that pass. The index is one segment.
 */
final class Peer {
  private static final String[] KEYWORDS = {"country", "language", "platform", "verdict"};
  private static final int TOP = 20;
  private static final int SIZES = 5;

  public static void main(String[] arguments) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 20);
    if (arguments[0].equals("build")) {
      build(in, Path.of(arguments[1]));
    } else {
      serve(in, Path.of(arguments[1]));
    }
  }

  private static void build(BufferedReader in, Path folder) throws IOException {
    var words = new FieldType();
    words.setTokenized(true);
    words.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    words.freeze();
    var config = new IndexWriterConfig(new WhitespaceAnalyzer()).setRAMBufferSizeMB(512);
    try (Directory directory = new MMapDirectory(folder);
        var writer = new IndexWriter(directory, config)) {
      String line;
      while ((line = in.readLine()) != null) {
        String[] told = line.split("\t", -1);
        var creator = new Document();
        creator.add(new NumericDocValuesField("id", Long.parseLong(told[0])));
        creator.add(new Field("everything", told[1], words));
        for (String topic : told[2].split(" ")) {
          if (!topic.isEmpty()) {
            creator.add(new SortedSetDocValuesField("topic", new BytesRef(topic)));
          }
        }
        for (int i = 0; i < KEYWORDS.length; i++) {
          creator.add(new StringField(KEYWORDS[i], told[3 + i], Field.Store.NO));
          if (i < 2) {
            creator.add(new SortedDocValuesField(KEYWORDS[i], new BytesRef(told[3 + i])));
          }
        }
        creator.add(new NumericDocValuesField("size", Long.parseLong(told[7])));
        creator.add(new LongField("followers", Long.parseLong(told[8]), Field.Store.NO));
        creator.add(new DoubleField("engagement", Double.parseDouble(told[9]), Field.Store.NO));
        creator.add(new LongField("last_post", Long.parseLong(told[10]), Field.Store.NO));
        creator.add(new DoubleField("weekly", Double.parseDouble(told[11]), Field.Store.NO));
        if (!told[12].isEmpty()) {
          creator.add(
              new LatLonPoint(
                  "place", Double.parseDouble(told[12]), Double.parseDouble(told[13])));
        }
        creator.add(new NumericDocValuesField("quality", Long.parseLong(told[14])));
        writer.addDocument(creator);
      }
      writer.forceMerge(1);
      writer.commit();
    }
  }

  private static void serve(BufferedReader in, Path folder) throws IOException {
    var out =
        new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 16);
    try (Directory directory = new MMapDirectory(folder);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      if (reader.leaves().size() != 1) {
        throw new IllegalStateException("the index is not one segment; build it again");
      }
      var searcher = new IndexSearcher(reader);
      out.write(reader.maxDoc() + "\n");
      out.flush();
      String line;
      while ((line = in.readLine()) != null) {
        String[] asked = line.split("\t", -1);
        long began = System.nanoTime();
        String answer = new Peer(searcher, asked).answer();
        out.write((System.nanoTime() - began) + "\t" + answer + "\n");
        out.flush();
      }
    }
  }

  private final IndexSearcher searcher;
  private final LeafReaderContext leaf;
  private final Query words;
  private final List<Query> filters = new ArrayList<>();

  /** Fields: any, words, country, platform, followers from and to, engagement, last post, posts a
   * week, verdict, latitude, longitude, km; empty where not asked. */
  private Peer(IndexSearcher searcher, String[] asked) {
    this.searcher = searcher;
    this.leaf = searcher.getIndexReader().leaves().get(0);
    Occur occur = asked[0].equals("1") ? Occur.SHOULD : Occur.MUST;
    var joined = new BooleanQuery.Builder();
    for (String word : asked[1].split(" ")) {
      joined.add(new TermQuery(new Term("everything", word)), occur);
    }
    words = joined.build();
    if (!asked[2].isEmpty()) {
      filters.add(new TermQuery(new Term("country", asked[2])));
    }
    if (!asked[3].isEmpty()) {
      filters.add(new TermQuery(new Term("platform", asked[3])));
      filters.add(
          LongField.newRangeQuery("followers", Long.parseLong(asked[4]), Long.parseLong(asked[5])));
      filters.add(atLeast("engagement", asked[6]));
      filters.add(LongField.newRangeQuery("last_post", Long.parseLong(asked[7]), Long.MAX_VALUE));
      filters.add(atLeast("weekly", asked[8]));
      filters.add(new TermQuery(new Term("verdict", asked[9])));
    }
    if (!asked[10].isEmpty()) {
      filters.add(
          LatLonPoint.newDistanceQuery(
              "place",
              Double.parseDouble(asked[10]),
              Double.parseDouble(asked[11]),
              Double.parseDouble(asked[12]) * 1000));
    }
  }

  private static Query atLeast(String field, String number) {
    return DoubleField.newRangeQuery(field, Double.parseDouble(number), Double.POSITIVE_INFINITY);
  }

  private String answer() throws IOException {
    var funnel = new StringBuilder();
    Query matching = words;
    boolean any = true;
    if (!filters.isEmpty()) {
      FixedBitSet passed = funnel(funnel);
      any = passed.scanIsEmpty() == false;
      matching =
          new BooleanQuery.Builder()
              .add(words, Occur.MUST)
              .add(new Among(passed), Occur.FILTER)
              .build();
    }
    var facets = new Facets();
    TopScoreDocCollector top =
        new TopScoreDocCollectorManager(TOP, Integer.MAX_VALUE).newCollector();
    if (any) {
      Query scored =
          FunctionScoreQuery.boostByValue(matching, DoubleValuesSource.fromLongField("quality"));
      searcher.search(scored, new Both(MultiCollector.wrap(top, facets)));
    }
    if (filters.isEmpty()) {
      funnel.append(facets.total).append(':').append(leaf.reader().numDocs());
    }
    var best = new StringBuilder();
    ScoreDoc[] hits = top.topDocs().scoreDocs;
    NumericDocValues ids = DocValues.getNumeric(leaf.reader(), "id");
    java.util.Arrays.sort(hits, (a, b) -> Integer.compare(a.doc, b.doc));
    for (ScoreDoc hit : hits) {
      ids.advanceExact(hit.doc);
      best.append(ids.longValue()).append(' ');
    }
    return String.join(
        "\t", String.valueOf(facets.total), facets.told(), funnel.toString(), best.toString());
  }

  /** Writes "left:without" per step and returns who passes everything. */
  private FixedBitSet funnel(StringBuilder out) throws IOException {
    var steps = new ArrayList<FixedBitSet>();
    steps.add(bits(words));
    for (Query filter : filters) {
      steps.add(bits(filter));
    }
    int n = steps.size();
    // Everybody who passes the steps from i on; the last is nobody's filter.
    var after = new FixedBitSet[n + 1];
    for (int i = n - 1; i > 0; i--) {
      after[i] = steps.get(i).clone();
      if (after[i + 1] != null) {
        after[i].and(after[i + 1]);
      }
    }
    FixedBitSet before = null;
    for (int i = 0; i < n; i++) {
      long without;
      if (before == null) {
        without = after[1].cardinality();
      } else if (after[i + 1] == null) {
        without = before.cardinality();
      } else {
        without = FixedBitSet.intersectionCount(before, after[i + 1]);
      }
      if (before == null) {
        before = steps.get(0).clone();
      } else {
        before.and(steps.get(i));
      }
      out.append(before.cardinality()).append(':').append(without).append(' ');
    }
    return before;
  }

  private FixedBitSet bits(Query query) throws IOException {
    var found = new FixedBitSet(leaf.reader().maxDoc());
    Weight weight =
        searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1f);
    Scorer scorer = weight.scorer(leaf);
    if (scorer != null) {
      found.or(scorer.iterator());
    }
    return found;
  }

  /** Counts the values of the four facets among what is collected. */
  private static final class Facets extends SimpleCollector {
    private SortedDocValues country;
    private SortedDocValues language;
    private SortedSetDocValues topic;
    private NumericDocValues size;
    private int[] countries = {};
    private int[] languages = {};
    private int[] topics = {};
    private final int[] sizes = new int[SIZES];
    private int total;

    @Override
    protected void doSetNextReader(LeafReaderContext context) throws IOException {
      country = DocValues.getSorted(context.reader(), "country");
      language = DocValues.getSorted(context.reader(), "language");
      topic = DocValues.getSortedSet(context.reader(), "topic");
      size = DocValues.getNumeric(context.reader(), "size");
      countries = new int[country.getValueCount()];
      languages = new int[language.getValueCount()];
      topics = new int[(int) topic.getValueCount()];
    }

    @Override
    public void collect(int creator) throws IOException {
      total++;
      country.advanceExact(creator);
      countries[country.ordValue()]++;
      language.advanceExact(creator);
      languages[language.ordValue()]++;
      size.advanceExact(creator);
      sizes[(int) size.longValue()]++;
      if (topic.advanceExact(creator)) {
        for (int i = topic.docValueCount(); i > 0; i--) {
          topics[(int) topic.nextOrd()]++;
        }
      }
    }

    @Override
    public ScoreMode scoreMode() {
      return ScoreMode.COMPLETE_NO_SCORES;
    }

    private String told() throws IOException {
      var out = new StringBuilder();
      for (int i = 0; i < countries.length; i++) {
        told(out, countries[i], i, country);
      }
      out.append('\t');
      for (int i = 0; i < languages.length; i++) {
        told(out, languages[i], i, language);
      }
      out.append('\t');
      for (int i = 0; i < topics.length; i++) {
        if (topics[i] > 0) {
          out.append(topic.lookupOrd(i).utf8ToString()).append(':').append(topics[i]).append(' ');
        }
      }
      out.append('\t');
      for (int count : sizes) {
        out.append(count).append(' ');
      }
      return out.toString();
    }

    private static void told(StringBuilder out, int count, int ord, SortedDocValues values)
        throws IOException {
      if (count > 0) {
        out.append(values.lookupOrd(ord).utf8ToString()).append(':').append(count).append(' ');
      }
    }
  }

  /** One collector for the one slice of a searcher without threads. */
  private record Both(Collector collector) implements CollectorManager<Collector, Void> {
    @Override
    public Collector newCollector() {
      return collector;
    }

    @Override
    public Void reduce(java.util.Collection<Collector> collectors) {
      return null;
    }
  }

  /** The creators of a bit set. */
  private static final class Among extends Query {
    private final FixedBitSet creators;

    private Among(FixedBitSet creators) {
      this.creators = creators;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
      return new ConstantScoreWeight(this, boost) {
        @Override
        public ScorerSupplier scorerSupplier(LeafReaderContext context) throws IOException {
          DocIdSetIterator found = new BitSetIterator(creators, creators.cardinality());
          return ConstantScoreScorerSupplier.fromIterator(
              found, score(), mode, context.reader().maxDoc());
        }

        @Override
        public boolean isCacheable(LeafReaderContext context) {
          return false;
        }
      };
    }

    @Override
    public void visit(QueryVisitor visitor) {
      visitor.visitLeaf(this);
    }

    @Override
    public String toString(String field) {
      return "Among";
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(creators);
    }
  }
}
