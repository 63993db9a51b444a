package tests.openhab.engine;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.script.ScriptEngine;

import org.openhab.core.automation.module.script.ScriptEngineFactory;
import org.python.jsr223.PyScriptEngineFactory;

/**
 * Gives openHAB 3.0.1 the script type "py", in the way of openHAB's own Jython add-on, which is only in the
 * add-on repository. It must know nothing about the module under test.
 *
 * The three python.* properties are read once per JVM, when the first interpreter is made. They are set
 * before that, and python.path keeps what the user gave, as the add-on does.
 */
public class JythonEngineFactory implements ScriptEngineFactory {

    private static final String CACHE = "/cache/org.openhab.automation.jythonscripting.internal/cachedir";

    private final PyScriptEngineFactory jython = new PyScriptEngineFactory();

    public JythonEngineFactory() {
        String libraries = System.getProperty("openhab.conf") + "/automation/lib/python";
        String given = System.getProperty("python.path");
        boolean alone = given == null || given.isEmpty();
        System.setProperty("python.path", alone ? libraries : given + ":" + libraries);
        System.setProperty("python.cachedir", System.getProperty("openhab.userdata") + CACHE);
        System.setProperty("python.home", System.getProperty("openhab.home") + "/jython");
    }

    @Override
    public List<String> getScriptTypes() {
        return Stream.concat(jython.getExtensions().stream(), jython.getMimeTypes().stream())
                .collect(Collectors.toUnmodifiableList());
    }

    @Override
    public void scopeValues(ScriptEngine engine, Map<String, Object> values) {
        values.forEach(engine::put);
    }

    @Override
    public ScriptEngine createScriptEngine(String scriptType) {
        return getScriptTypes().contains(scriptType) ? jython.getScriptEngine() : null;
    }
}
