package io.agilelens.trainer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Functions written in TorchScript, run on DJL's PyTorch engine. They give the trainer what DJL's
 * own arrays lack: fused causal attention and bfloat16, both with gradients.
 *
 * <p>PyTorch loads TorchScript from a zip of sources and a pickled module object; a module without
 * state is a few bytes of pickle, so the archive is put together here.
 */
final class TorchScript implements AutoCloseable {
    private final PtNDManager loader;
    private final PtSymbolBlock module;

    /**
     * Compiles a module without state.
     *
     * @param manager owns the compiled module
     * @param className the class that the source defines
     * @param source TorchScript
     */
    TorchScript(NDManager manager, String className, String source) {
        loader = (PtNDManager) manager.newSubManager();
        try {
            module =
                    JniUtils.loadModule(
                            loader,
                            new ByteArrayInputStream(archive(className, source)),
                            false,
                            false);
        } catch (IOException e) {
            throw new IllegalStateException("cannot compile " + className, e);
        }
    }

    /**
     * Calls a function that takes tensors, perhaps with a list of further ones as its last
     * argument, and returns one or several.
     *
     * @param manager owns the results
     * @param function its name
     * @param list the last argument; empty if there is none
     * @param arguments the arguments before it
     * @return what it returns
     */
    NDList call(NDManager manager, String function, List<NDArray> list, NDArray... arguments) {
        // DJL takes the name of the function from the name of an extra first array, and makes a
        // list of arrays whose names are alike and end in brackets.
        try (NDArray name = manager.create(0)) {
            name.setName("module_method:" + function);
            NDList inputs = new NDList(name);
            inputs.addAll(List.of(arguments));
            for (NDArray element : list) {
                element.setName("list[]");
                inputs.add(element);
            }
            return IValueUtils.forward(module, inputs, true);
        }
    }

    @Override
    public void close() {
        module.close();
        loader.close();
    }

    private static byte[] archive(String className, String source) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            // Pickle protocol 2: an object of the class, made without arguments, with empty state.
            store(zip, "data.pkl", "\u0080\u0002c__torch__\n" + className + "\n)\u0081}b.");
            store(zip, "code/__torch__.py", source);
            store(zip, "constants.pkl", "\u0080\u0002).");
            store(zip, "version", "10\n"); // of the operators; gelu knows its tanh form from 10 on
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry("module/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
