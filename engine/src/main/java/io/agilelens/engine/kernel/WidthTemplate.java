package io.agilelens.engine.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Makes one class for each vector width out of one source. The compiler turns vector code into
 * instructions only where the species is a constant, and a constant of a class cannot have three
 * values; so a template class is defined once for every width as a hidden class whose class data
 * says which, and its static final species differ. Templates must not refer to nested classes of
 * their own, which would still belong to the template.
 */
final class WidthTemplate {

    /** What one class of a template is made for. */
    private record Form(int bits, boolean readsFar, boolean isCompact) {}

    private WidthTemplate() {}

    /**
     * A new instance of the template for a width.
     *
     * @param contract what the template implements
     * @param template a class with a constructor without parameters; it is never initialized itself
     * @param bits width that {@link #bits} will answer inside the class
     */
    static <T> T instantiate(Class<T> contract, Class<? extends T> template, int bits) {
        return instantiate(contract, template, new Form(bits, false, false));
    }

    /** The same, and {@link #readsFar} will answer yes inside the class. */
    static <T> T instantiateFar(Class<T> contract, Class<? extends T> template, int bits) {
        return instantiate(contract, template, new Form(bits, true, false));
    }

    /** The same, and {@link #isCompact} will answer yes inside the class. */
    static <T> T instantiateCompact(Class<T> contract, Class<? extends T> template, int bits) {
        return instantiate(contract, template, new Form(bits, false, true));
    }

    private static <T> T instantiate(Class<T> contract, Class<? extends T> template, Form form) {
        try {
            MethodHandles.Lookup hidden =
                    MethodHandles.lookup()
                            .defineHiddenClassWithClassData(classFile(template), form, true);
            MethodType noParameters = MethodType.methodType(void.class);
            Object instance = hidden.findConstructor(hidden.lookupClass(), noParameters).invoke();
            return contract.cast(instance);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(template + " cannot be made: " + form, e);
        }
    }

    /**
     * The width that a template's class is made for.
     *
     * @param lookup of that class
     */
    static int bits(MethodHandles.Lookup lookup) {
        return form(lookup).bits();
    }

    /**
     * Whether a template's class reads the far way, see {@link ReadAhead}.
     *
     * @param lookup of that class
     */
    static boolean readsFar(MethodHandles.Lookup lookup) {
        return form(lookup).readsFar();
    }

    /**
     * Whether a template's class writes rows close together, see {@link FloatProducts.Forms}.
     *
     * @param lookup of that class
     */
    static boolean isCompact(MethodHandles.Lookup lookup) {
        return form(lookup).isCompact();
    }

    private static Form form(MethodHandles.Lookup lookup) {
        try {
            Form form = MethodHandles.classData(lookup, "_", Form.class);
            if (form == null) {
                throw new IllegalStateException(lookup.lookupClass() + " is only a template");
            }
            return form;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] classFile(Class<?> template) throws IOException {
        String name = template.getSimpleName() + ".class";
        try (InputStream stream = template.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("the class file of " + template.getName() + " is missing");
            }
            return stream.readAllBytes();
        }
    }
}
