import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.SAXException;

/**
 * The validator of the JDK over files of berichten, each Validator reused, warm.
 *
 * <p>{@code java Xerces.java FILE XSD...} prints for each line on stdin the CPU seconds of one pass over FILE; berichten
 * in it are parted by NUL. A bericht is checked by the XSD whose file name is in the namespace of its root. Ends with an
 * error when one is not valid.
 */
public final class Xerces {
    private static final int WARM_UP_BYTES = 150_000_000;

    public static void main(String[] arguments) throws Exception {
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        Map<String, Validator> validators = new LinkedHashMap<>();
        for (String path : List.of(arguments).subList(1, arguments.length)) {
            String name = new File(path).getName().replace(".xsd", "");
            validators.put("/" + name + "/", factory.newSchema(new File(path)).newValidator());
        }
        byte[] bytes = Files.readAllBytes(Path.of(arguments[0]));
        List<byte[]> berichten = new ArrayList<>();
        List<Validator> own = new ArrayList<>();
        for (String text : new String(bytes, StandardCharsets.UTF_8).split("\0")) {
            String root = text.substring(0, Math.min(300, text.length()));
            berichten.add(text.getBytes(StandardCharsets.UTF_8));
            own.add(validators.entrySet().stream().filter(e -> root.contains(e.getKey())).findFirst().get().getValue());
        }
        for (long warm = 0; warm < WARM_UP_BYTES; warm += bytes.length) {
            pass(berichten, own);
        }
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            lines.nextLine();
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            pass(berichten, own);
            long after = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            System.out.printf(Locale.ROOT, "%.6f%n", (after - before) / 1e9);
        }
    }

    private static void pass(List<byte[]> berichten, List<Validator> own) throws SAXException, IOException {
        for (int i = 0; i < berichten.size(); i++) {
            own.get(i).reset();
            own.get(i).validate(new StreamSource(new ByteArrayInputStream(berichten.get(i))));
        }
    }
}
