"""The pipeline that most people begin with, for comparison: python -m benchmarks.stock FOLDER FILE

LangChain's DirectoryLoader and TextLoader, RecursiveCharacterTextSplitter as in its tutorials (1,000 characters, 200 of them
shared), HuggingFaceEmbeddings of the same model (float32, its own settings), LangChain's FAISS, saved. Prints JSON.
Needs langchain-community and langchain-text-splitters, which Footnote itself does not.
"""

import json
import sys
import warnings
from pathlib import Path

CHARACTERS, SHARED = 1000, 200


def main(articles: str, saved: str) -> int:
    """Read the text files of a folder and save an index of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # langchain-community says that it is being retired
        from langchain_community.document_loaders import DirectoryLoader, TextLoader
        from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from index.embedder import default_folder

    loader = DirectoryLoader(articles, glob="*.txt", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"})
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=SHARED)
    passages = splitter.split_documents(loader.load())
    embeddings = HuggingFaceEmbeddings(model_name=str(default_folder()), model_kwargs={"device": "cpu"})
    FAISS.from_documents(passages, embeddings).save_local(saved)
    Path(saved, "count.json").write_text(json.dumps({"passages": len(passages)}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
