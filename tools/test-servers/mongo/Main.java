import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.h2.mvstore.MVStore;

/**
 * A MongoDB server for tests: mongo-java-server on one file, made to keep what it acknowledges.
 * Usage: java -cp ... Main PORT FILE. Prints "ready PORT" when it listens on 127.0.0.1; port 0 takes a free one. It ends
 * when its standard input does, so that it never outlives the test that started it.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        // Without a background writer nothing reaches the file but whole commands.
        MVStore store = new MVStore.Builder().fileName(arguments[1]).autoCommitDisabled().open();
        MongoServer server = new MongoServer(new DurableBackend(store).version(new ReplyVersion()));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.bind("127.0.0.1", port);
        System.out.println("ready " + server.getLocalAddress().getPort());
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
        System.exit(0);
    }

    /** Commits after each command that writes, before it is answered: a killed server has lost nothing acknowledged. */
    private static final class DurableBackend extends H2Backend {
        private static final Set<String> WRITING = new HashSet<>(Arrays.asList(
            "insert", "update", "delete", "findandmodify", "create", "createindexes", "drop", "dropindexes", "dropdatabase"));

        DurableBackend(MVStore store) {
            super(store);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document command = message.getDocument();
            if (command.isEmpty() || !WRITING.contains(command.keySet().iterator().next().toLowerCase())) {
                return super.handleMessage(message);
            }
            // One at a time: a commit must not catch another command between a document and its index entry.
            synchronized (this) {
                try {
                    return super.handleMessage(message);
                } finally {
                    commit();
                }
            }
        }
    }

    /** The built-in versions are older than what drivers of today accept. */
    private static final class ReplyVersion implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return Arrays.asList(6, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 17;
        }
    }
}
